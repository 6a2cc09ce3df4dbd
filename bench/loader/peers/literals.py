"""Lists as Python prints them: movies_metadata's genres and companies."""
import ast


def list_of(text: str) -> list:
    """Of what is no list there are no members."""
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return []
    return found if isinstance(found, list) else []
