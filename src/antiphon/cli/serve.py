"""`antiphon serve`: the server, until it is told to stop."""

import asyncio
import logging
import signal
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler

from antiphon.cli.embedded import Engines
from antiphon.cli.fetching import fetch_weights
from antiphon.config import EngineNames, Settings, load_settings
from antiphon.errors import SettingsError
from antiphon.server.listen import Listening, listening
from antiphon.server.paths import ALIAS

DEVELOPER_PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
