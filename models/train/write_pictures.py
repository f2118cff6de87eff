"""Write the test split of the surface pair as bytes and labels, for `./brink bench cascade --pictures FOLDER`."""
import argparse
from pathlib import Path

from surface_images import LABELS, UNKNOWN_IN_TEST, Pictures

TEST_SEED = 3  # as in train_surface.py


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    test = Pictures(TEST_SEED, 4000, 1000, UNKNOWN_IN_TEST)
    (folder / "pictures.bin").write_bytes(test.images.tobytes())
    (folder / "labels.txt").write_text("".join(f"{LABELS[label]}\n" for label in test.labels))


if __name__ == "__main__":
    main()
