"""The document in the forms of other generators: drf-yasg's Swagger 2.0, and OpenAPI 3.1."""

import json


def written(schema, options):
    text = json.dumps(schema)
    if options.variant == "swagger2":
        return swagger2(json.loads(text.replace("#/components/schemas/", "#/definitions/")), "/" + options.prefix + "api")
    schema = json.loads(text)
    if options.variant == "openapi31":
        schema["openapi"] = "3.1.0"
        each(schema, nullable31)
    return schema


def each(value, change):
    for child in list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []:
        each(child, change)
    if isinstance(value, dict):
        change(value)


def nullable31(schema):
    if schema.pop("nullable", None) is not True:
        return
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    elif "oneOf" not in schema:
        parts = schema.pop("allOf", None) or [{"$ref": schema.pop("$ref")}] if "$ref" in schema or "allOf" in schema else []
        schema["oneOf"] = [*parts, {"type": "null"}] if parts else [{}]


def swagger2(schema, base):
    def kind(o):
        if o.pop("nullable", None) is True:
            o["x-nullable"] = True
        for word in ("oneOf", "anyOf"):
            parts = [part for part in o.pop(word, []) if not part.get("$ref", "").endswith(("/BlankEnum", "/NullEnum"))]
            if len(parts) == 1:
                o["allOf"] = parts
            elif parts:
                o["type"] = "object"
        o.pop("writeOnly", None)

    each(schema, kind)
    for item in schema["paths"].values():
        for operation in item.values():
            operation.pop("security", None)
            for parameter in operation.get("parameters", []):
                parameter.update(parameter.pop("schema"))
                if parameter.pop("explode", False):
                    parameter["collectionFormat"] = "multi"
                parameter.pop("style", None)
            if body := operation.pop("requestBody", None):
                content = body["content"]["application/json"]["schema"]
                operation.setdefault("parameters", []).append({"name": "data", "in": "body", "required": True, "schema": content})
            for response in operation["responses"].values():
                response.setdefault("description", "")
                for content in response.pop("content", {}).values():
                    response["schema"] = content["schema"]
    return {
        "swagger": "2.0", "info": schema["info"], "basePath": base, "host": "hub.example.com", "schemes": ["http"],
        "consumes": ["application/json"], "produces": ["application/json"],
        "securityDefinitions": {"Bearer": {"type": "apiKey", "name": "Authorization", "in": "header"}},
        "paths": {path.removeprefix(base): item for path, item in schema["paths"].items()},
        "definitions": schema["components"]["schemas"],
    }
