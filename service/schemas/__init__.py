"""What the API answers, as schemas for `/openapi.json` and `docs/api.md`.

Payloads are made where their values are known and go out without a second validation, which would cost more than making
them; `tests/test_http_contract.py` holds the responses of every route against these schemas instead. They name every
key and allow no other, so a payload that grows a key without its schema fails there.
"""
