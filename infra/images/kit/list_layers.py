"""See inspect.sh: buildah inspect <image> | python list_layers.py <image store> <image id> <base image id>"""

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

store, image_id, base_id = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
images = {image["id"]: image for image in json.loads((store / "overlay-images/images.json").read_text())}
layers = {layer["id"]: layer for layer in json.loads((store / "overlay-layers/layers.json").read_text())}


def chain(image: str) -> Iterator[str]:
    layer = images[image].get("layer")
    while layer:
        yield layer
        layer = layers[layer].get("parent")


def files(layer: str) -> Iterator[dict]:
    folder = store / "overlay" / layer / "diff"
    for path in folder.rglob("*"):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode):
            name = str(path.relative_to(folder))
            yield {"path": name, "mode": status.st_mode, "uid": status.st_uid, "bytes": status.st_size}


config = json.load(sys.stdin)["Docker"]["config"]
base_layers = set(chain(base_id))
own_layers = [layer for layer in chain(image_id) if layer not in base_layers]
print(json.dumps({"config": config, "files": [file for layer in own_layers for file in files(layer)]}))
