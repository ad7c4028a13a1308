"""Makes a clean page picture look as if a scanner had made it, the same way each time for the same seed."""
import io

import numpy
from PIL import Image, ImageFilter


def scanned(page, seed, angle=0.0, scale=1.0, shift=(0, 0), tone=(250, 248, 243), blur=0.7, noise=1.2, shade=5.0,
            grey=True):
    """A scan of `page` (an RGB picture): turned by `angle` degrees, scaled, shifted by pixels, on paper of `tone`."""
    rng = numpy.random.default_rng(seed)
    size = page.size
    page = page.filter(ImageFilter.GaussianBlur(blur))
    # The page lies on a lid that is a little darker than the paper, so that the paper's edge shows where it is turned.
    inverse = page.transform(size, Image.Transform.AFFINE, _affine(size, angle, scale, shift),
                             resample=Image.Resampling.BICUBIC, fillcolor=(236, 236, 234))
    pixels = numpy.asarray(inverse, dtype=numpy.float32)
    pixels = pixels * (numpy.asarray(tone, dtype=numpy.float32) / 255)
    pixels += _paper(size, rng, shade)[..., None]
    # Noise as sensors have it: a little blurred, equal in all colours.
    grain = rng.normal(0, noise * 2.2, (size[1], size[0])).astype(numpy.float32)
    grain = (grain + numpy.roll(grain, 1, 0) + numpy.roll(grain, 1, 1) + numpy.roll(grain, 1, (0, 1))) / 4
    pixels += grain[..., None]
    result = Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))
    return result.convert("L") if grey else result


def _affine(size, angle, scale, shift):
    """What PIL wants: from a place in the result to the place in the page."""
    turn = numpy.deg2rad(angle)
    cosine, sine = numpy.cos(turn) / scale, numpy.sin(turn) / scale
    middle_x, middle_y = size[0] / 2, size[1] / 2
    x, y = middle_x + shift[0], middle_y + shift[1]
    return (cosine, sine, middle_x - cosine * x - sine * y, -sine, cosine, middle_y + sine * x - cosine * y)


def _paper(size, rng, shade):
    """Slow changes of light over the page, from -shade to shade."""
    coarse = rng.normal(0, 1, (6, 4)).astype(numpy.float32)
    coarse = coarse / max(1e-6, numpy.abs(coarse).max()) * shade
    return numpy.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))


def save_jpeg(picture, path, resolution, quality=80):
    picture.save(path, "JPEG", quality=quality, dpi=(resolution, resolution), optimize=True)


def jpeg(picture, resolution, quality=80):
    buffer = io.BytesIO()
    save_jpeg(picture, buffer, resolution, quality)
    return buffer.getvalue()
