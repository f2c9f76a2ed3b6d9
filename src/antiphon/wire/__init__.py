"""The Live API's messages as typed values, with the codec between them and bytes.

`client` and `server` hold the two envelopes, `auth_token` what a token is asked for with; `content`,
`setup`, `speech` and `tools` what is in them, `masks` which fields of a setup another one decides;
`kinds` what all of these are built from. `codec` reads and writes. It works through `fields` and
`scalars` (readers made from the types), `misfit` (where a value does not fit, and why) and `dialect`
(how the two products differ).

May import errors; never audio, session or anything above. No policy, no I/O, no clock: whether a
message is allowed now, or a voice is known, others decide.
"""
