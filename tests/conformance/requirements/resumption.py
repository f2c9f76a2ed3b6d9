"""Sessions that go on after their connection."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

RESUMPTION: Final[dict[str, Requirement]] = {
    "resumption.asked_for": Met(
        "2.1, 4.7",
        "`sessionResumption`, even empty, has handles sent; without it there are none.",
    ),
    "resumption.updates": Met(
        "4.2, 4.7, clients 4.17",
        "`sessionResumptionUpdate` with a new handle comes after the setup and after each turn.",
    ),
    "resumption.not_resumable": Met(
        "3, 4.7",
        "While a turn is under way an empty update says that it could not be resumed.",
    ),
    "resumption.goes_on": Met(
        "4.7",
        "With a handle the conversation goes on with its history and its setup.",
        tests=("tests/clients/test_matrix.py::test_client_of_a_server_that_is_killed",),
    ),
    "resumption.survives": Met(
        "antiphon",
        "A handle survives the socket, a killed server and the machine's restart.",
        tests=("tests/clients/test_matrix.py::test_client_of_a_server_that_is_killed",),
    ),
    "resumption.unfinished": Met(
        "4.7",
        "An unfinished turn is lost with its connection.",
    ),
    "resumption.new_setup": Met(
        "4.7",
        "A new setup may change anything but the model; another model closes with 1007.",
    ),
    "resumption.left_out": Differs(
        "4.7 [G]",
        "The setup of a resumed session counts as it is sent.",
        instead="one that has nothing but the model and the handle keeps the former setup",
    ),
    "resumption.not_found": Met(
        "4.7, 5",
        "An unknown or expired handle closes with 1008 and `BidiGenerateContent session not found`.",
    ),
    "resumption.lifetime": Met(
        "4.7 [M]",
        "A handle lives two hours after the last connection on the Developer API, 24 hours on Vertex.",
    ),
    "resumption.several": Met(
        "antiphon",
        "The last four handles of a session stay good, each leading to what was kept with it.",
    ),
    "resumption.one_connection": Differs(
        "4.7 [I]",
        "Resuming while the old socket is open fails with 1011.",
        instead="the newer connection wins, and the older is closed with 1008",
    ),
    "resumption.owner": Met(
        "antiphon",
        "A session can be resumed only by the key it was opened with.",
    ),
    "resumption.transparent": Met(
        "4.7 [S]",
        "In transparent mode updates say which client messages are included, the setup being number 0.",
    ),
    "resumption.renumbered": Met(
        "4.7 [S]",
        "On each connection the messages are counted from its own setup.",
    ),
    "resumption.notices": Met(
        "4.7",
        "During a long silence the client is told now and then how much was consumed.",
    ),
    "resumption.transparent_everywhere": Differs(
        "2.1 [S]",
        "`transparent` is of Vertex only.",
        instead="it works on both products",
    ),
    "resumption.background_calls": Met(
        "antiphon",
        "A call in the background can be answered on the next connection.",
    ),
    "resumption.broken_store": Met(
        "antiphon",
        "A store that fails costs handles, not the conversation.",
    ),
}
