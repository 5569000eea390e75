from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ecr.models import ECRBackend
from moto.ecr.responses import ECRResponse
from moto.s3.models import s3_backends

from .patching import add_to, around

# ECR, too, keeps layers in a bucket and answers with an address there.
BUCKET = "layers-of-ecr"


class LayersNotFoundException(ServiceException):
    code = "LayersNotFoundException"


@around(ECRBackend, "complete_layer_upload")
def complete_layer_upload(original, self, repository_name, upload_id, *args, **kwargs):
    """CompleteLayerUpload forgets what was uploaded, and keeps its size only."""
    upload = self.repositories[repository_name].uploads.get(upload_id) if repository_name in self.repositories else None
    content = bytes(upload.layer_parts) if upload else b""
    completed = original(self, repository_name, upload_id, *args, **kwargs)
    bucket_of(self).put_object(BUCKET, f"{repository_name}/{completed['layerDigest']}", content)
    return completed


@add_to(ECRResponse)
def get_download_url_for_layer(self):
    """GetDownloadUrlForLayer is missing: the platform of an image cannot be read (501)."""
    repository, digest = self._get_param("repositoryName"), self._get_param("layerDigest")
    key = f"{repository}/{digest}"
    if bucket_of(self.ecr_backend).get_object(BUCKET, key) is None:
        raise LayersNotFoundException(f"The layer with digest '{digest}' does not exist in '{repository}'")
    # Signed, or the bucket refuses; moto checks no signatures.
    url = f"http://{self.headers['Host']}/{BUCKET}/{key}?X-Amz-Signature=simulated"
    return ActionResult({"downloadUrl": url, "layerDigest": digest})


def bucket_of(backend: ECRBackend):
    storage = s3_backends[backend.account_id]["aws"]
    if BUCKET not in storage.buckets:
        storage.create_bucket(BUCKET, backend.region_name)
    return storage
