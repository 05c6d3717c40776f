"""What identifiers say: whether a variable, key, option or function has to do with a model of this API. Pure."""

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

GENERIC_KEYS: Final = frozenset({"name", "id", "value", "primary", "fallback", "const", "example", "from", "alias"})
"""Keys that say nothing themselves: what their values are depends on the object in which they stand."""

_MODEL_WORDS: Final = frozenset({"model", "models", "llm", "llms", "engine"})
_AFTER_MODEL: Final = frozenset({
    "id", "ids", "name", "names", "default", "defaults", "key", "list", "string", "value", "version", "primary",
    "fallback", "fallbacks", "fast", "smart", "cheap", "small", "medium", "large", "main", "chat", "embedding", "embed",
    "ocr", "identifier", "alias", "choice", "choices", "option", "options", "enum", "type", "override",
    "prices", "price", "pricing", "costs", "cost", "limits", "context", "map", "mapping", "aliases", "set", "tuple",
})  # fmt: skip
_PROVIDER_WORDS: Final = frozenset({"mistral", "mistralai", "codestral"})
_CONSTRUCTORS: Final = frozenset({"of", "from", "new", "parse", "create", "valueOf"})
_CHAT_WORDS: Final = frozenset({"chat", "complete", "completion", "completions", "embeddings"})

_OTHER_PLATFORM: Final = re.compile(
    r"ollama|groq|bedrock|open_?router|hugging_?face|fireworks|deep_?infra|replicate|vertex|azure|watsonx|nvidia"
    r"|cloudflare|workers_?ai|snowflake|databricks|sagemaker|vllm|llama_?cpp|llama_?file|lm_?studio|anyscale|perplexity"
    r"|transformers|gguf|mlx|from_pretrained|auto_?tokenizer|hf_hub|snapshot_download|served_model|together_?(?:ai|api|model|llm)?"
)
_SECTION_WORDS: Final = frozenset({
    "ai", "openai", "config", "configuration", "settings", "options", "llm", "llms", "model", "models", "chat",
    "provider", "providers", "client", "inference",
})  # fmt: skip
_CLOUD_RESOURCE: Final = re.compile(
    r"azurerm_(?:cognitive|machine_learning|ai_)|aws_(?:bedrock|sagemaker)|google_vertex"
)
"""Resources of Terraform that are models of other platforms."""
_HF: Final = re.compile(r"(?:^|_)hf(?:_|$)")
_OTHER_THINGS: Final = frozenset({
    "image", "images", "branch", "branches", "ref", "repo", "repository", "package", "packages", "hostname", "host",
    "class", "href", "src", "url", "uri", "link", "links", "slug", "icon", "logo", "path", "file", "filename",
    "dir", "directory", "folder", "namespace", "bucket", "chart", "container", "cluster", "service", "services",
    "classname", "hosts", "topic", "deployment", "account", "job", "pod", "secret", "password",
})  # fmt: skip
_OTHER_SECTIONS: Final = frozenset({
    "metadata", "labels", "matchlabels", "annotations", "selector", "services", "volumes", "branches", "tags",
    "dependencies", "devdependencies", "hosts", "jobs", "networks", "scripts",
})  # fmt: skip


def words_of(identifier: str) -> list[str]:
    """Split an identifier into lower-case words: `modelId` and `MODEL_ID` are `model` and `id`."""
    return [word.lower() for word in _WORD.findall(identifier)]


def names_a_model(identifier: str) -> bool:
    """Tell whether the value of a variable, key or option is a model: `model`, `MODEL_ID`, `defaultModel`."""
    words = words_of(identifier)
    last = max((position for position, word in enumerate(words) if word in _MODEL_WORDS), default=None)
    return last is not None and all(word in _AFTER_MODEL or word.isdigit() for word in words[last + 1 :])


def is_model_table(identifier: str) -> bool:
    """Tell whether all values in an object are models: `MODELS`, `models_by_size`, `model_map`."""
    words = words_of(identifier)
    return "models" in words or (names_a_model(identifier) and words[-1] in {"map", "mapping", "aliases"})


def is_model_function(callee: str) -> bool:
    """Tell whether the first argument of a function is a model: `ChatMistralAI`, `withModel`, `models.get`, `chat`."""
    receiver, _, method = callee.replace("->", ".").replace("::", ".").rpartition(".")
    return (
        names_a_model(callee)
        or (method in _CONSTRUCTORS and names_a_model(receiver))
        or is_provider(callee)
        or "models" in words_of(receiver)
        or not _CHAT_WORDS.isdisjoint(words_of(method))
    )


def is_provider(identifier: str) -> bool:
    """Tell whether an identifier is, or belongs to, the provider of this API: `mistral`, `Provider::Mistral`."""
    return not _PROVIDER_WORDS.isdisjoint(words_of(identifier))


def is_other_platform(identifier: str) -> bool:
    """Tell whether an identifier or the name of a provider is another platform: `ChatOllama`, `GROQ_MODEL`, `azure`."""
    lower = identifier.lower().replace("-", "_")
    return _OTHER_PLATFORM.search(lower) is not None or _HF.search(lower) is not None


def is_section_of_other_platform(identifier: str) -> bool:
    """Tell whether a section of configuration is about another platform as a whole: `ollama`, not `deploy_azure`."""
    name = "_".join(word for word in words_of(identifier) if word not in _SECTION_WORDS)
    found = _OTHER_PLATFORM.match(name)
    is_section = found is not None and name[found.end() :] in {"", "ai"}
    return is_section or _CLOUD_RESOURCE.match(identifier) is not None


def is_other_thing(identifier: str) -> bool:
    """Tell whether the value of a key is something else than a model: a container image, a branch, a CSS class."""
    words = words_of(identifier)
    while len(words) > 1 and words[-1] in {"name", "names", "id", "ids"}:
        words.pop()
    return bool(words) and words[-1] in _OTHER_THINGS


def is_other_section(identifier: str) -> bool:
    """Tell whether nothing in a section of configuration is a model: `labels`, `services`, `dependencies`."""
    return identifier.lower() in _OTHER_SECTIONS


def is_constant_for(identifier: str, name: str) -> bool:
    """Tell whether an identifier spells a model's name: `MISTRAL_SMALL` or `MistralSmall` for `mistral-small`."""
    spelled, meant = words_of(identifier), words_of(name)
    return len(spelled) > 1 and (spelled == meant or set(meant) <= set(spelled))
