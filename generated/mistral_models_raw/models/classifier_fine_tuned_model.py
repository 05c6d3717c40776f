from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    LONG_ARRAY,
    as_array,
    as_boolean,
    as_constant,
    as_integer,
    as_object,
    as_string,
    check_strings,
    items_of,
)
from ..errors import DecodeError
from ..model_base import ModelBase, field_defaults

_FIELD_COUNT = 16


@_attrs_define(kw_only=True, repr=False)
class ClassifierFineTunedModel(ModelBase):
    """A fine-tuned model that classifies text."""

    id: str
    object: Literal["model"] = "model"
    created: int
    """ When the model was created, in seconds since 1970-01-01 UTC. """
    owned_by: str
    workspace_id: str
    root: str
    """ The id of the base model that was fine-tuned. """
    root_version: str
    archived: bool
    name: str | None = None
    description: str | None = None
    capabilities: FineTunedModelCapabilities
    """ The capabilities of a fine-tuned model. """
    max_context_length: int = 32768
    """ The longest context, in tokens. """
    aliases: list[str] = _attrs_field(factory=list)
    """ Other ids of the model. """
    job: str | None = None
    """ The id of the fine-tuning job that created the model. """
    classifier_targets: list[ClassifierTargetResult]
    model_type: Literal["classifier"] = "classifier"
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)

    _discriminators = ("model_type",)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        # The head of model_base.py explains this code.
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != _FIELD_COUNT:
            fields = {**cls._field_defaults, **fields}
        self = object.__new__(cls)
        try:
            value = fields["id"]
            self.id = value if value.__class__ is str else as_string(value, "id")
            value = fields["object"]
            self.object = value if value == "model" else as_constant(value, "object", "model", "model")
            value = fields["created"]
            self.created = value if value.__class__ is int else as_integer(value, "created")
            value = fields["owned_by"]
            self.owned_by = value if value.__class__ is str else as_string(value, "owned_by")
            value = fields["workspace_id"]
            self.workspace_id = value if value.__class__ is str else as_string(value, "workspace_id")
            value = fields["root"]
            self.root = value if value.__class__ is str else as_string(value, "root")
            value = fields["root_version"]
            self.root_version = value if value.__class__ is str else as_string(value, "root_version")
            value = fields["archived"]
            self.archived = value if value is False or value is True else as_boolean(value, "archived")
            value = fields["name"]
            self.name = value if value.__class__ is str or value is None else as_string(value, "name")
            value = fields["description"]
            self.description = value if value.__class__ is str or value is None else as_string(value, "description")
            value = fields["capabilities"]
            try:
                self.capabilities = FineTunedModelCapabilities.from_dict(value)
            except DecodeError as error:
                raise error.with_prefix("capabilities")
            value = fields["max_context_length"]
            self.max_context_length = (
                value if value.__class__ is int else as_integer(value, "max_context_length", 32768)
            )
            value = fields["aliases"]
            if value is None:
                self.aliases = []
            else:
                self.aliases = value if value.__class__ is list else as_array(value, "aliases")
                for item in self.aliases:
                    if item.__class__ is not str:
                        check_strings(self.aliases, "aliases")
            value = fields["job"]
            self.job = value if value.__class__ is str or value is None else as_string(value, "job")
            value = fields["classifier_targets"]
            classifier_targets_items: list[ClassifierTargetResult] = []
            for item in (
                value if value.__class__ is list and len(value) < LONG_ARRAY else items_of(value, "classifier_targets")
            ):
                try:
                    classifier_targets_item = ClassifierTargetResult.from_dict(item)
                except DecodeError as error:
                    raise error.with_prefix(f"classifier_targets[{len(classifier_targets_items)}]")
                classifier_targets_items.append(classifier_targets_item)
            self.classifier_targets = classifier_targets_items
            value = fields["model_type"]
            self.model_type = (
                value if value == "classifier" else as_constant(value, "model_type", "classifier", "classifier")
            )
        except KeyError:
            return cls.from_dict({**cls._field_defaults, **fields})
        self.additional_properties = {} if len(fields) == _FIELD_COUNT else cls._unknown_fields(fields)
        return self


ClassifierFineTunedModel._field_defaults = field_defaults(ClassifierFineTunedModel)

# Imported last, when the class exists: schemas can refer to each other in a circle.
from ..models.classifier_target_result import ClassifierTargetResult
from ..models.fine_tuned_model_capabilities import FineTunedModelCapabilities
