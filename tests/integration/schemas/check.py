#!/usr/bin/python3
"""Holds messages to deploy/asyncapi.yaml: topic -> channel -> schema. Its one argument is the folder of that file.

One JSON object a line comes in, {"ask": ..., ...}; one goes out, {"faults": [...], ...}. A message is asked about with
its topic, payload (as hexadecimal digits), qos, retain and content_type, as a subscriber hears it that wants to know
whether a message was published retained.
"""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

HERE = pathlib.Path(sys.argv[1])
DOCUMENT = yaml.safe_load((HERE / "asyncapi.yaml").read_text())
FILES = {f"schemas/{path.name}": json.loads(path.read_text()) for path in sorted(HERE.glob("schemas/*.json"))}
DIALECT = jsonschema.Draft202012Validator


def resolved(node):
    """What a {"$ref": ...} of the document stands for; anything else is itself."""
    while isinstance(node, dict) and "$ref" in node:
        file, _, pointer = node["$ref"].partition("#")
        node = FILES[file] if file else DOCUMENT
        for name in filter(None, pointer.split("/")):
            node = node[name]
    return node


def unique_keys(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError(f"a key stands there twice: {sorted(k for k in set(keys) if keys.count(k) > 1)}")
    return dict(pairs)


def no_constant(name):
    raise ValueError(f"{name} is no JSON")


def parse(text):
    return json.loads(text, object_pairs_hook=unique_keys, parse_constant=no_constant)


def place(path):
    return "".join(f"/{name}" for name in path)


class Message:
    def __init__(self, description):
        self.content_type = description.get("contentType", DOCUMENT["defaultContentType"])
        self.is_json = self.content_type == "application/json"
        self.schema = description.get("payload")
        self.file = (self.schema or {}).get("$ref")
        self.validator = DIALECT(resolved(self.schema)) if self.schema else None
        self.examples = description.get("examples", [])

    def faults(self, value):
        return [f"{place(error.absolute_path)}: {error.message[:300]}" for error in self.validator.iter_errors(value)]

    def read(self, payload):
        """Faults and, where there is one, the value."""
        if self.content_type == "image/jpeg":
            return ([] if payload[:2] == b"\xff\xd8" else ["no JPEG"]), None
        try:
            value = parse(payload.decode()) if self.is_json else payload.decode()
        except ValueError as error:
            return [str(error)], None
        return self.faults(value), value


class Channel:
    def __init__(self, name, description, operation):
        self.name = name
        self.address = description["address"]
        self.is_sent = operation["action"] == "send"
        self.mqtt = operation["bindings"]["mqtt"]
        self.unretained = operation.get("x-unretained", [])
        self.is_internal = description.get("x-internal", False)
        self.parameters = {key: resolved(value) for key, value in description["parameters"].items()}
        self.messages = [Message(resolved(value)) for value in description["messages"].values()]
        self.pattern = re.compile(re.sub(r"\{(\w+)\}", lambda match: self.group(match[1]), self.address))
        self.seen = set()

    def group(self, name):
        parameter = self.parameters[name]
        # A base may have any number of levels, so only a certain one tells where the rest begins.
        values = parameter.get("enum") or [re.escape(parameter[key]) for key in ["default"] if key in parameter]
        return f"(?P<{name}>{'|'.join(values) or parameter['x-pattern']})"

    def message_for(self, payload, content_type):
        """Of several that a channel has."""
        if not self.is_sent:
            content_type = "application/json" if payload.lstrip()[:1] in (b"{", b"[") else "text/plain"
        fitting = [message for message in self.messages if message.content_type == content_type]
        return fitting[0] if fitting else None

    def faults_of_delivery(self, question, value):
        if not self.is_sent:
            return ["a command is retained"] if question["retain"] else []
        faults = []
        if question["qos"] != self.mqtt["qos"]:
            faults.append(f"quality of service {question['qos']} in place of {self.mqtt['qos']}")
        words = [value.get("status"), value.get("error", {}).get("code")] if isinstance(value, dict) else []
        may_differ = not question["retain"] and set(words) & set(self.unretained)
        if question["retain"] != self.mqtt["retain"] and not may_differ:
            faults.append(f"retain is {question['retain']}")
        return faults

    def faults_of_place(self, topic, value):
        """A message says the same as its topic."""
        faults = []
        for name, word in self.pattern.fullmatch(topic).groupdict().items():
            location = self.parameters[name].get("location", "").removeprefix("$message.payload#/")
            if location and isinstance(value, dict) and value.get(location) != word:
                faults.append(f"{location} is {value.get(location)!r}, in the topic {word!r}")
        return faults

    def faults_of_words(self, value, path=()):
        """"unknown" is null or absent, never a text; but a command may have been executed or not."""
        if isinstance(value, dict):
            return [fault for key, one in value.items() for fault in self.faults_of_words(one, (*path, key))]
        if isinstance(value, list):
            return [fault for at, one in enumerate(value) for fault in self.faults_of_words(one, (*path, at))]
        is_wrong = value == "unknown" and path[-2:] != ("detail", "executed")
        return [f"{place(path)} is the text unknown"] if is_wrong and self.is_sent else []

    def judge(self, question):
        payload = bytes.fromhex(question["payload"])
        if not payload:
            # A topic is emptied, or a command needs no argument.
            return [] if question["retain"] or not self.is_sent else ["empty"]
        message = self.message_for(payload, question["content_type"])
        if message is None:
            return [f"no message of content type {question['content_type']!r}"]
        faults, value = message.read(payload)
        faults += self.faults_of_delivery(question, value) + self.faults_of_place(question["topic"], value)
        if message.is_json:
            faults += self.faults_of_words(value)
        if not faults:
            self.seen.add(message.file or message.content_type)
            self.seen.add(self.pattern.fullmatch(question["topic"]).groupdict().get("type"))
        return faults


OPERATIONS = {value["channel"]["$ref"].rpartition("/")[2]: value for value in DOCUMENT["operations"].values()}
CHANNELS = [Channel(name, value, OPERATIONS[name]) for name, value in DOCUMENT["channels"].items()]


def ask_message(question):
    fitting = [channel for channel in CHANNELS if channel.pattern.fullmatch(question["topic"])]
    if len(fitting) != 1:
        return {"faults": [f"{len(fitting)} channels have this topic"]}
    return {"faults": fitting[0].judge(question), "channel": fitting[0].name}


def ask_file(_):
    """The file by itself: schemas that are some, examples that fit, nothing said twice in two ways."""
    faults = []
    definitions = {}
    for name, schema in FILES.items():
        DIALECT.check_schema(schema)
        if schema["$id"] != f"urn:cam32100:schema:{pathlib.Path(name).stem}":
            faults.append(f"{name} has the id {schema['$id']}")
        for key, value in schema.get("$defs", {}).items():
            if definitions.setdefault(key, value) != value:
                faults.append(f"{name}: $defs/{key} is another one elsewhere")
    used = set()
    for channel in CHANNELS:
        for message in channel.messages:
            used.add(message.file)
            for example in message.examples:
                faults += [f"{channel.name}: example: {fault}" for fault in message.faults(example["payload"])]
    faults += [f"{name} is on no channel" for name in set(FILES) - used]
    faults += [f"{name} has no operation" for name in set(DOCUMENT["channels"]) - set(OPERATIONS)]
    return {"faults": faults}


def ask_topics(question):
    """The list in bridge/info, and the channels: the same topics, sent the same way."""
    def shape(topic):
        return re.sub(r"\{camera\}", "{uid}", topic)

    ours = {(shape(c.address), "out" if c.is_sent else "in", c.mqtt["retain"], c.mqtt["qos"])
            for c in CHANNELS if not c.is_internal and c.name != "bridgeError"}
    base = question["base"]
    told = {(re.sub(r"<(\w+)>", lambda match: "{" + match[1].lower() + "}", one["topic"]).replace(base, "{base}", 1),
             one["direction"], one["retain"], one["qos"]) for one in question["topics"]}
    return {"faults": [f"only in the file: {one}" for one in sorted(ours - told)] +
                      [f"only in bridge/info: {one}" for one in sorted(told - ours)]}


def ask_settings(question):
    """The types in bridge/info, and those of the schema."""
    names = {"integer": "integer", "boolean": "switch"}
    properties = FILES["schemas/settings.json"]["properties"]
    faults = []
    for key, setting in question["settings"].items():
        wanted = {"$ref": f"#/$defs/{names.get(setting['type'], 'text')}"}
        if properties.get(key) != wanted:
            faults.append(f"{key} is {setting['type']}, the schema says {properties.get(key)}")
    return {"faults": faults}


def ask_codes(question):
    codes = resolved(DOCUMENT["components"]["schemas"]["errorCode"])["enum"]
    return {"faults": [] if codes == question["codes"] else [f"the file has {codes}"]}


def ask_unused(_):
    """Channels without a good message, schemas, and types of events: "channel" or "channel what"."""
    unused = []
    for channel in CHANNELS:
        kinds = {message.file or message.content_type for message in channel.messages}
        kinds |= set(channel.parameters.get("type", {}).get("enum", []))
        unused += [f"{channel.name} {kind}" for kind in sorted(kinds - channel.seen)]
    return {"faults": unused}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(globals()["ask_" + asked["ask"]](asked)), flush=True)
