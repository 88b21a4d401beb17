"""The named errors. A permanent one ends a recording with a failure record; a transient one asks for redelivery.

No message carries a user's words: object names, sizes and limits only.
"""

from __future__ import annotations

from typing import ClassVar


class SamoError(Exception):
    """Base of all errors raised on purpose. `code` is stable and goes into failure records, logs and metrics."""

    code: ClassVar[str] = "error"


class PermanentError(SamoError):
    """Trying again cannot help. `advice` tells the person who owns the recording what to do."""

    advice: ClassVar[str] = ""


class EventError(PermanentError):
    """The message itself is at fault, whatever recording it may speak of."""


class EventInvalid(EventError):
    """The message is not an event this stage understands."""

    code = "event_invalid"
    advice = "Publish the JSON documented in docs/schemas, or let Cloud Storage send the notification."


class EventTooLarge(EventError):
    """The message is larger than any event."""

    code = "event_too_large"
    advice = "Publish events alone, which are pointers; what they point at belongs into a bucket."


class EventForeignBucket(EventError):
    """The event speaks of a bucket that this deployment does not own."""

    code = "event_foreign_bucket"
    advice = "Point the bucket notification at the deployment that owns the bucket."


class RecordingNameInvalid(PermanentError):
    """The object name is not `{user}/{entry}.{type}`, or too long to derive result names from."""

    code = "recording_name_invalid"
    advice = "Upload to {user}/{entry}.{type}, at most 800 bytes of UTF-8."


class RecordingTypeUnknown(PermanentError):
    """The object's suffix is none that SAMO reads."""

    code = "recording_type_unknown"
    advice = "Upload wav, mp3, m4a, mp4, aac, ogg, opus, flac, webm or txt."


class RecordingGone(PermanentError):
    """The recording was deleted before it could be read."""

    code = "recording_gone"
    advice = "Upload the recording again if it is still wanted."


class RecordingSuperseded(PermanentError):
    """A newer generation of the recording is stored; only that one is processed."""

    code = "recording_superseded"
    advice = "Nothing to do: the newer upload has its own result."


class RecordingEmpty(PermanentError):
    """The recording holds no bytes, or a container without a single sample."""

    code = "recording_empty"
    advice = "Record again; the file that arrived holds nothing."


class RecordingTooLarge(PermanentError):
    """The recording holds more bytes than this deployment accepts."""

    code = "recording_too_large"
    advice = "Upload a compressed format (m4a, opus), or split the recording."


class RecordingTooLong(PermanentError):
    """The recording plays longer than this deployment accepts."""

    code = "recording_too_long"
    advice = "Split the recording into shorter parts."


class AudioUnreadable(PermanentError):
    """The bytes are not audio in any format that can be decoded."""

    code = "audio_unreadable"
    advice = "Check that the file plays on your device and export it again."


class AudioMissing(PermanentError):
    """A picture, or a video without a sound track."""

    code = "audio_missing"
    advice = "Upload a file that has a sound track."


class AudioProtected(PermanentError):
    """The sound is encrypted, as in what stores sell."""

    code = "audio_protected"
    advice = "Upload a recording of your own, or export this one without copy protection."


class AudioDamaged(PermanentError):
    """Far less sound could be decoded than the container promises."""

    code = "audio_damaged"
    advice = "Upload the recording again; the transfer was probably cut short."


class JobFailed(PermanentError):
    """The job for a long recording ended without a transcript, as often as it may be tried."""

    code = "job_failed"
    advice = "Look for the cause in the job's log, and reprocess the recording; the windows that are done are kept."


class TextNotUtf8(PermanentError):
    """A written entry that is not UTF-8 text."""

    code = "text_not_utf8"
    advice = "Save the text as UTF-8 and upload it again."


class TextTooLong(PermanentError):
    """More text than one entry may hold."""

    code = "text_too_long"
    advice = "Split the entry into smaller ones."


class DocumentInvalid(PermanentError):
    """A stored document does not match its schema."""

    code = "document_invalid"
    advice = "Delete the document and reprocess the recording."


class DocumentTooLarge(DocumentInvalid):
    """A stored document is larger than any that is written here, or holds more than can be worked on."""

    code = "document_too_large"
    advice = "Split the recording or the written entry into smaller ones and upload them again."


class ObjectNameUnsupported(PermanentError):
    """The object store cannot hold an object of this name."""

    code = "object_name_unsupported"
    advice = "Rename the recording to something shorter."


class TransientError(SamoError):
    """Trying again later can help; nothing was written."""


class StoreUnavailable(TransientError):
    """The object store did not answer, or refused for now."""

    code = "store_unavailable"


class PublishFailed(TransientError):
    """The event could not be handed over."""

    code = "publish_failed"


class PartUnfinished(TransientError):
    """An analysis whose failure record was there a moment ago is being tried again."""

    code = "part_unfinished"


class JobNotLaunched(TransientError):
    """The job for a long recording could not be started."""

    code = "job_not_launched"


class LeaseHeld(TransientError):
    """Another worker is on the same recording."""

    code = "lease_held"


class ModelUnavailable(TransientError):
    """No usable version of a model: nothing published, the store unreachable, or a file missing."""

    code = "model_unavailable"


class ModelNotPublished(ModelUnavailable):
    """The model stores can be read, and none has a version for the task."""


class HubUnreachable(ModelUnavailable):
    """The hub of models did not answer, or did not hand the files over."""

    code = "hub_unreachable"


class ModelCorrupt(ModelUnavailable):
    """A model file's bytes do not match its manifest."""

    code = "model_corrupt"


class EngineMissing(ModelUnavailable):
    """An optional engine is not installed here."""

    code = "engine_missing"


class ModelVersionTaken(SamoError):
    """The store holds another version under this name. Versions never change: whoever loaded one relies on it."""

    code = "model_version_taken"


class ObjectNotFound(SamoError):
    """No object of this name (and generation)."""

    code = "object_not_found"


class PreconditionFailed(SamoError):
    """The object's generation is not the expected one; for a create, the object exists."""

    code = "precondition_failed"
