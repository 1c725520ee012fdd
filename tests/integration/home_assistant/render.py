#!/usr/bin/python3
"""Renders Home Assistant's templates with real Jinja2, in the sandbox Home Assistant uses.

One JSON object a line comes in, {"template": "...", "payload": "..."} for a value_template or
{"template": "...", "value": "..."} for a command_template; one goes out, {"text": "..."} or
{"error": "..."}. As Home Assistant does: `value` is the payload, `value_json` what it holds when it
is JSON, an undefined name is an error here though Home Assistant only logs it, and the text is
stripped.
"""

import json
import sys

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined)


def render(question):
    variables = {"value": question.get("value", question.get("payload"))}
    if "payload" in question:
        try:
            variables["value_json"] = json.loads(question["payload"])
        except ValueError:
            pass
    return ENVIRONMENT.from_string(question["template"]).render(variables).strip()


for line in sys.stdin:
    try:
        answer = {"text": render(json.loads(line))}
    except Exception as error:  # whatever Jinja finds wrong is the test's to judge
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
