"""The resident and the year that the tests of confirmations speak of."""

from __future__ import annotations

from datetime import date

from verify_service.rules.rule import Cycle

ISSUER = "https://verify.example"
ID_NUMBER = "440304194910010024"
OTHER_ID_NUMBER = "440304193801150015"
PURPOSE = "old-age-allowance"
CYCLE = Cycle(2026, date(2026, 1, 1), date(2026, 12, 31), date(2027, 3, 31))
