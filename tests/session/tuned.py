"""When a turn ends, in numbers of the tests' own: the defaults can be tuned without them."""

from antiphon.config import Endpointing

ENDPOINTING = Endpointing(
    prefix_padding_ms_high=96,
    silence_ms_min_high=190,
    silence_ms_min_low=285,
    silence_duration_ms_high=1_300,
    silence_duration_ms_low=1_950,
    whole_share=1.0,
    finished_probability=0.97,
    unfinished_probability=0.9,
)
