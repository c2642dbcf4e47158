"""What can be wrong with what a register, a phone or a clerk says about a resident."""

from __future__ import annotations

from uuid import UUID


class ResidentError(Exception):
    """A resident cannot be found, named or registered."""


class ResidentNotFound(ResidentError):
    """Alike for a number that nobody has and for a name that does not belong to it: neither may be found out (TRUST T9)."""

    def __init__(self) -> None:
        super().__init__("no resident has this ID number and this name")


class ResidentUnknown(ResidentError):
    """There is no such `resident_ref`."""

    def __init__(self, ref: UUID) -> None:
        self.ref = ref
        super().__init__(f"there is no resident {ref}")


class ResidentDiffers(ResidentError):
    """The ID number is registered already, with other data. `fields` names what differs, never the values."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        super().__init__(f"this ID number is registered already, with another {' and another '.join(fields)}")


class BiometricsErased(ResidentError):
    """The resident's biometric key has been destroyed: nothing sealed with it can be read, nothing new is taken."""

    def __init__(self, ref: UUID) -> None:
        self.ref = ref
        super().__init__(f"the biometric data of resident {ref} have been erased")


class NameInvalid(ResidentError):
    def __init__(self) -> None:
        super().__init__("the name must have between 1 and 60 characters, none of them a control character")


class DistrictInvalid(ResidentError):
    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__("the district must be a code of 6 digits (440304 is Futian) or of 9 digits with the street")


class IDNumberInvalid(ResidentError):
    """The ID number cannot be one. The number itself is in no error."""


class WrongLength(IDNumberInvalid):
    def __init__(self, length: int) -> None:
        self.length = length
        hint = "; numbers of 15 digits are no longer in use: please take the number of the present card"
        super().__init__(f"an ID number has 18 characters, this one has {length}{hint if length == 15 else ''}")


class WrongCharacter(IDNumberInvalid):
    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(
            f"an ID number is 17 digits and a last character 0 to 9 or X; character {position} is none of these"
        )


class UnknownRegion(IDNumberInvalid):
    def __init__(self) -> None:
        super().__init__("the first two digits of the ID number name no province")


class ImpossibleBirthday(IDNumberInvalid):
    def __init__(self) -> None:
        super().__init__("digits 7 to 14 of the ID number are no day on which a person of today can have been born")


class WrongCheckCharacter(IDNumberInvalid):
    def __init__(self) -> None:
        super().__init__("the last character of the ID number does not fit the others: one of them is mistyped")


class ImportInvalid(ResidentError):
    """A whole file cannot be taken."""


class HeaderInvalid(ImportInvalid):
    def __init__(self) -> None:
        super().__init__("the first line of a table must name the columns id_number, name and district, and no others")


class FormUnknown(ImportInvalid):
    def __init__(self) -> None:
        super().__init__(
            "residents are sent as application/json (one), application/x-ndjson or text/csv, in UTF-8 (a table also in GB18030)"
        )


class TooManyRows(ImportInvalid):
    """`taken` rows are in: sending the file again in parts changes nothing for them."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"a file holds at most {limit} residents; those before are taken, please send the others in a file of their own"
        )
