"""Reads the part of the Dockerfile language that deploy/ uses; what it does not know is an error."""
import dataclasses
import re

KEYWORDS = {"FROM", "ARG", "RUN", "WORKDIR", "COPY", "ENV", "VOLUME", "USER", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


@dataclasses.dataclass
class Stage:
    base: str
    name: str
    steps: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # keyword, the rest as one line

    def steps_text(self):
        return "\n".join(text for _, text in self.steps)


def read_dockerfile(path):
    """The stages of the file, in order. Raises ValueError, naming the line, for anything unknown."""
    stages = []
    # A comment may stand between the lines of one instruction.
    text = re.sub(r"^[ \t]*#.*\n", "", path.read_text(), flags=re.M)
    for line in re.sub(r"\\\n\s*", " ", text).split("\n"):
        if not line.strip():
            continue
        keyword, _, rest = line.partition(" ")
        if keyword not in KEYWORDS:
            raise ValueError(f"{path}: unknown instruction: {line}")
        if keyword == "FROM":
            form = re.fullmatch(r"(\S+)(?: AS (\S+))?", rest)
            if not form:
                raise ValueError(f"{path}: wanted FROM base AS name: {line}")
            stages.append(Stage(form[1], form[2] or "last"))
        elif not stages:
            raise ValueError(f"{path}: before the first FROM: {line}")
        else:
            stages[-1].steps.append((keyword, rest.strip()))
    return stages
