"""What is one table of the settings file? What all of them have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """One table of the settings file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=False)
