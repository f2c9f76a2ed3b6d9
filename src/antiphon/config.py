"""Settings: one frozen tree read from flags, environment and a file; validated once, passed down.

A flag beats `ANTIPHON_*` in the environment (`ANTIPHON_ENGINES__LLM=openai`), which beats the TOML
file named by `ANTIPHON_CONFIG`. The limits a peer or an operator can meet are here, each with its unit last.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated

import pydantic_settings
from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from antiphon.engine_settings import MIB, Compute, EngineNames, Frozen, Kind, ModelEngines, RemoteLlm, Weights
from antiphon.errors import SettingsError

__all__ = [
    "Client",
    "Compute",
    "Endpointing",
    "EngineNames",
    "Kind",
    "Limits",
    "ModelEngines",
    "Operating",
    "RemoteLlm",
    "Resumption",
    "Server",
    "Settings",
    "Speculation",
    "Store",
    "Tokens",
    "Weights",
    "load_settings",
]

OPERATOR_KEY_CHARACTERS_MIN = 16
"""One that is shorter could be guessed."""


class Limits(Frozen):
    """What a peer or an engine may cost us."""

    message_bytes_max: int = Field(16 * MIB, gt=0)
    """One client message; a larger one is closed with 1009."""
    json_depth_max: int = Field(64, gt=0)
    """Nesting of one client message."""
    json_values_max: int = Field(50_000, gt=0)
    """Brackets and commas in one client message: what it costs to read."""
    setup_wait_s: float = Field(20.0, gt=0)
    """From the upgrade to the setup message; then 1008."""
    refused_wait_s: float = Field(1.0, gt=0)
    """From the upgrade to the first message of a client that is not let in; SDKs report a close only after it."""
    sessions_max: int = Field(64, gt=0)
    """Sessions on this server; one more is refused with 503."""
    inbox_events_max: int = Field(256, gt=0)
    """Events waiting for one session's conductor."""
    heard_backlog_s_high: float = Field(60.0, gt=0)
    """Audio waiting for the ears at which the socket is no longer read, and pings with it (32 kB a second)."""
    heard_backlog_s_low: float = Field(30.0, gt=0)
    """... and at which it is read again."""
    heard_backlog_s_max: float = Field(120.0, gt=0)
    """... and at which, in one message, the client is closed with 1007."""
    outbox_messages_high: int = Field(64, gt=0)
    """Messages waiting for the socket at which a reply pauses."""
    outbox_messages_max: int = Field(512, gt=0)
    """... and at which the connection is given up."""
    send_wait_s: float = Field(10.0, gt=0)
    """One message to a peer that does not read; then 1013."""
    ping_interval_s: float = Field(20.0, gt=0)
    """Between our pings."""
    ping_wait_s: float = Field(60.0, gt=0)
    """For a pong; then the connection is given up."""
    close_wait_s: float = Field(5.0, gt=0)
    """For a session's tasks to end."""
    utterance_s_max: float = Field(28.0, gt=1.0, le=29.0)
    """Speech recognised in one piece; longer speech is recognised in several."""
    utterance_s_soft: float = Field(20.0, gt=1.0)
    """... after which the next pause ends the piece."""
    speech_s_max: float = Field(300.0, gt=1.0)
    """One user turn; then it is taken as ended and answered."""
    history_bytes_max: int = Field(4 * MIB, gt=0)
    """The conversation kept for one session; then 1007."""
    transcript_wait_s: float = Field(30.0, gt=0)
    """For the recogniser; then the turn ends with a stated reason."""
    reply_wait_s: float = Field(60.0, gt=0)
    """For the first piece of a reply, and between pieces; then the turn ends with a stated reason."""
    reply_s_max: float = Field(300.0, gt=0)
    """Speech of one reply."""
    call_wait_s: float = Field(30.0, gt=0)
    """A user who has spoken waits for the client's functions; then the calls are cancelled and he is answered."""
    calls_max: int = Field(64, gt=0)
    """Function calls of one session that wait for their answers; one more fails the reply that makes it."""
    calls_remembered_max: int = Field(256, gt=0)
    """Calls that are over and whose late answers are ignored."""
    functions_max: int = Field(512, gt=0)
    """Functions declared in one session."""
    schema_values_max: int = Field(5_000, gt=0)
    """Values in the schema of one function: keywords, names and what is listed."""
    schema_chars_max: int = Field(65_536, gt=0)
    """Characters of the names and texts in it."""
    schema_depth_max: int = Field(48, gt=0)
    """Its nesting."""
    frames_max: int = Field(8, gt=0)
    """Pictures of the camera kept for one turn; the newest stay."""
    reply_lead_s_max: float = Field(20.0, gt=0)
    """How far audio is sent ahead of its playing."""

    @model_validator(mode="after")
    def _marks_rise(self) -> "Limits":
        self._rise("heard_backlog_s_low", "heard_backlog_s_high", "heard_backlog_s_max")
        self._rise("outbox_messages_high", "outbox_messages_max")
        self._rise("utterance_s_soft", "utterance_s_max")
        return self


class Endpointing(Frozen):
    """When speech has begun and ended, where the client does not say (protocol.md 2.3)."""

    start_probability_high: float = Field(default=0.5, ge=0, le=1)
    """Voice activity that counts as speech at START_SENSITIVITY_HIGH."""
    start_probability_low: float = Field(default=0.7, ge=0, le=1)
    prefix_padding_ms_high: int = Field(default=96, ge=0, le=60_000)
    """Speech needed to commit a start at START_SENSITIVITY_HIGH; three windows of the embedded VAD."""
    prefix_padding_ms_low: int = Field(default=250, ge=0, le=60_000)
    judge_after_ms: int = Field(default=96, ge=0, le=60_000)
    """Silence after which the end-of-turn model is asked; the less it hears of it, the better it tells."""
    finished_probability: float = Field(default=0.96, ge=0, le=1)
    """Its verdict from which the shortest silence ends the turn ..."""
    unfinished_probability: float = Field(default=0.92, ge=0, le=1)
    """... and up to which the longest is waited for; in between in proportion."""
    silence_ms_min_high: int = Field(default=190, ge=0, le=60_000)
    """The shortest silence that ends a turn, at END_SENSITIVITY_HIGH."""
    silence_ms_min_low: int = Field(default=285, ge=0, le=60_000)
    silence_duration_ms_high: int = Field(default=1_300, ge=0, le=60_000)
    """The longest, whatever is known, and when the words so far plainly go on ..."""
    silence_duration_ms_low: int = Field(default=1_950, ge=0, le=60_000)
    whole_share: float = Field(default=0.8, ge=0, le=1)
    """... and the share of it that is the longest when they may be a whole sentence."""
    words_ms_max: int = Field(default=600, ge=0, le=60_000)
    """Silence in which the words of a draft are waited for; without them there is nothing to answer."""
    pace_share: float = Field(default=0.15, ge=0, le=1)
    """Of each pause within a turn in what is usual for its speaker, who is taken to make none at first."""
    pace_factor: float = Field(default=1.25, ge=0)
    """Of his usual pause: a shorter silence does not end his turn ..."""
    pace_ms_max: int = Field(default=800, ge=0, le=60_000)
    """... but one of this length does."""
    preroll_ms: int = Field(default=400, ge=0, le=60_000)
    """Audio before the start that is recognised too."""
    tail_ms: int = Field(default=200, ge=0, le=60_000)
    """Silence after the end that is recognised too."""
    starvation_ms: int = Field(default=1_000, ge=0, le=60_000)
    """Wall clock without any audio that ends a turn, when a client just stops sending."""
    interim_ms: int | None = Field(default=1_000, gt=0, le=60_000)
    """Speech between two interim transcripts, for clients that ask for transcription; none makes none."""

    @model_validator(mode="after")
    def _marks_rise(self) -> "Endpointing":
        self._rise("silence_ms_min_high", "silence_duration_ms_high")
        self._rise("silence_ms_min_low", "silence_duration_ms_low")
        if self.unfinished_probability >= self.finished_probability:
            raise ValueError("unfinished_probability < finished_probability does not hold")
        return self


class Speculation(Frozen):
    """Answers made ready before it is sure that the user has finished; nobody hears of those that were wrong."""

    enabled: bool = True
    draft_probability: float = Field(default=0.97, ge=0, le=1)
    """Voice activity below which speech may be ending: what was said so far is recognised and answered ..."""
    draft_after_ms: int = Field(default=32, gt=0, le=60_000)
    """... when it lasts so long."""
    sound_after_ms: int = Field(default=360, ge=0, le=60_000)
    """Of it, before any of the answer is told: who goes on by then was not cut off."""
    drafts_max: int = Field(default=8, gt=0)
    """Begun within one utterance; from then on its end is waited for."""
    drafts_at_once_max: int = Field(default_factory=lambda: os.cpu_count() or 1, gt=0)
    """Of all sessions together; who would be one more is answered when he has surely finished."""


class Resumption(Frozen):
    """Sessions that go on after their socket, their process or their machine (protocol.md 4.7)."""

    lifetime_s_developer: float = Field(default=7_200.0, gt=0)
    """After a session's last connection, on the Developer API's paths."""
    lifetime_s_vertex: float = Field(default=86_400.0, gt=0)
    handles_max: int = Field(default=4, gt=0)
    """Of one session that stay good; the oldest go."""
    consumed_messages: int = Field(default=100, gt=0)
    """Client messages between two notices of what was consumed, in transparent mode."""
    store_bytes_max: int = Field(default=1_024 * MIB, gt=0)
    """All that is kept of sessions; the oldest of the key that has the most go first."""
    recall_messages_max: int = Field(default=1_000, gt=0)
    """Client messages that wait while a session is looked up."""


class Tokens(Frozen):
    """Ephemeral tokens (protocol.md 6)."""

    lifetime_s: float = Field(default=1_800.0, gt=0)
    """When the request names no expiry."""
    new_session_s: float = Field(default=60.0, gt=0)
    """For opening a session, when the request does not say."""
    lifetime_s_max: float = Field(default=72_000.0, gt=0)
    """20 hours, for both."""
    tokens_max: int = Field(default=100_000, gt=0)
    """Unexpired tokens kept; one more is refused with 429."""
    setup_bytes_max: int = Field(default=256 * 1_024, gt=0)
    """What one token locks, its mask included; a larger one is refused with 400."""
    store_bytes_max: int = Field(default=256 * MIB, gt=0)
    """What all of them lock; one more is refused with 429."""


class Store(Frozen):
    """The database of keys, tokens and sessions."""

    busy_wait_s: float = Field(default=5.0, gt=0)
    """For another process that is writing to it."""
    calls_max: int = Field(default=256, gt=0)
    """Calls waiting for it; one more fails."""


class Server(Frozen):
    """Where the server listens."""

    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65_535)
    tls: bool = False
    operator_key: SecretStr | None = Field(None, min_length=OPERATOR_KEY_CHARACTERS_MIN)
    """What opens `/operate`; when it is not set, one is made and kept in `data_dir`."""
    origins: tuple[Annotated[str, Field(pattern=r"^(\*|null|[a-z][a-z0-9+.-]*://[^/]*)$")], ...] = ()
    """Of web pages that may use it while there is no key, beside those of this machine; `*` is all."""
    data_dir: Path = Field(default_factory=lambda: user_data_path("antiphon"))
    """Where the certificate, the keys and the sessions are kept."""
    go_away_after_s: float | None = Field(None, gt=0)
    """A connection's age at which its client is told to reconnect; never when it is not set."""
    go_away_notice_s: float = Field(60.0, gt=0)
    """Between that and the end of the connection."""
    drain_s: float = Field(10.0, gt=0)
    """For clients to leave a server that was told to stop."""
    record: Path | None = None
    """Keep every session: `talk.jsonl` stands for `talk-1a2b3c4d.jsonl` and so on."""


class Operating(Frozen):
    """The operator's page (console.md)."""

    entry_s: float = Field(43_200.0, gt=0)
    """For which a browser is let in that has given the key."""
    entries_max: int = Field(16, gt=0)
    """Browsers let in at once; the one that came first goes."""
    wrong_keys_max: int = Field(10, gt=0)
    """From one address in a minute; then no key from there is looked at, and it is refused with 429."""
    key_bytes_max: int = Field(4_096, gt=0)
    """The request that gives the key."""


class Client(Frozen):
    """What the client waits for and keeps."""

    open_wait_s: float = Field(20.0, gt=0)
    """For the connection and its upgrade."""
    setup_wait_s: float = Field(20.0, gt=0)
    """From the setup message to setupComplete."""
    send_wait_s: float = Field(10.0, gt=0)
    """One message to a server that does not read."""
    close_wait_s: float = Field(2.0, gt=0)
    """For the server's half of the closing handshake."""
    ping_interval_s: float = Field(10.0, gt=0)
    """Without any message from the server; then it is asked whether it is there."""
    silent_s_max: float = Field(40.0, gt=0)
    """Without any message or pong; then the connection is taken for lost. Busy servers take 30 s (protocol.md 1.3)."""
    kept_s_max: float = Field(120.0, gt=0)
    """The user's audio that is kept until the server surely has it; beyond it the oldest is dropped, which is told."""
    kept_bytes_max: int = Field(64 * MIB, gt=0)
    """... and all that is kept."""
    backlog_s_high: float = Field(2.0, gt=0)
    """Audio not sent yet at which `drain` waits."""
    first_attempts_max: int = Field(3, gt=0)
    """To open the first connection, when it breaks off or the server asks to come later."""
    reconnect_s_max: float = Field(60.0, gt=0)
    """Of attempts to reach the server again; then the session is over."""
    backoff_s: float = Field(0.25, gt=0)
    """The longest wait before the second attempt; each further one may wait twice as long."""
    backoff_s_max: float = Field(8.0, gt=0)
    fruitless_max: int = Field(5, gt=0)
    """Connections in a row on which no turn comes to its end; then the session is over."""
    fruitful_s: float = Field(30.0, gt=0)
    """A connection that held so long was of use, whether anybody spoke or not."""
    leave_margin_s: float = Field(3.0, ge=0)
    """Before the end of a connection that was announced: it is left then even in the middle of a turn."""
    leave_notice_s: float = Field(60.0, gt=0)
    """Before the age at which a server is known to cut: from then on it is left as soon as nothing is going on."""
    events_max: int = Field(256, gt=0)
    """Events waiting for the caller; then the socket is no longer read."""
    recalled_bytes_max: int = Field(256 * 1_024, gt=0)
    """Text of the conversation kept for a session that has to begin anew; the oldest goes."""
    message_bytes_max: int = Field(64 * MIB, gt=0)
    """One server message."""
    answer_wait_s: float = Field(60.0, gt=0)
    """From the end of the question to the answer, and between its pieces."""
    settle_s: float = Field(3.0, gt=0)
    """After a turn that may not have been the answer, for another one to begin; and how long it may stay open whether
    a reply was to what was said just before it."""
    question_s_max: float = Field(600.0, gt=0)
    """A file to be asked."""
    reply_s_max: float = Field(600.0, gt=0)
    """Speech of one reply."""


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="ANTIPHON_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    limits: Limits = Limits()
    endpointing: Endpointing = Endpointing()
    speculation: Speculation = Speculation()
    engines: EngineNames = EngineNames()
    llm: RemoteLlm = RemoteLlm()
    models: dict[str, ModelEngines] = Field(default_factory=dict)
    """Engines by model name, `*` and `?` allowed: `{"gemini-3.8-live*": {"llm": "openai"}}`. The first match counts."""
    resumption: Resumption = Resumption()
    tokens: Tokens = Tokens()
    store: Store = Store()
    weights: Weights = Weights()
    compute: Compute = Compute()
    server: Server = Server()
    operating: Operating = Operating()
    client: Client = Client()
    system_prompt: str = (
        "You are a friendly voice assistant. Answer in one or two short spoken sentences, "
        "in plain words without lists, code or markup."
    )
    """What the model is told when the client gives no system instruction."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then the TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _settings_file())


def load_settings(**flags: object) -> Settings:
    """Read the settings; raises SettingsError that names the field and its fault."""
    try:
        # pydantic checks what the flags hold, so that mypy need not
        return Settings(**flags)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_fault(error)) from None
    except pydantic_settings.SettingsError as error:
        raise SettingsError(f'the environment: {error}; lists are JSON: ["mirror"]') from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{_settings_file()}: {error}") from None


def _settings_file() -> Path | None:
    named = os.environ.get("ANTIPHON_CONFIG")
    if named and not Path(named).is_file():
        raise SettingsError(f"ANTIPHON_CONFIG names {named}, which is no file")
    return Path(named) if named else None


def _fault(error: ValidationError) -> str:
    """Name the first field at fault; what it held is not repeated where it may be a secret."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    secret = first["loc"][0] == "llm" or "operator_key" in first["loc"] or first["type"] == "extra_forbidden"
    return f"{where}: {first['msg']}" + ("" if secret else f" (got {first['input']!r})")
