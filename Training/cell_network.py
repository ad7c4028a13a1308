"""The network that reads one cell, its training, and its way into a file that OpenCV 4.6 loads."""
import time

import numpy
import torch
from torch import nn

from cell_sources import CLASSES


def block(before, after, stride=1):
    return [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]


class CellNetwork(nn.Module):
    """1 x 32 x 32 -> one number for each class; strides instead of pooling, which costs a quarter of the time."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *block(1, 16), *block(16, 32, 2), *block(32, 32), *block(32, 64, 2), *block(64, 64), *block(64, 96, 2),
            *block(96, 96), nn.Flatten(), nn.Dropout(.3), nn.Linear(96 * 16, 128), nn.ReLU(inplace=True), nn.Dropout(.3),
            nn.Linear(128, len(CLASSES)))

    def forward(self, pictures):
        return self.layers(pictures)


def shifted(pictures, random):
    """Each picture moved by up to two pixels both ways."""
    count, side = len(pictures), pictures.shape[-1]
    padded = torch.nn.functional.pad(pictures, (2, 2, 2, 2))
    down, across = random.integers(0, 5, count), random.integers(0, 5, count)
    rows = torch.from_numpy(down[:, None] + numpy.arange(side))
    columns = torch.from_numpy(across[:, None] + numpy.arange(side))
    return padded[torch.arange(count)[:, None, None], 0, rows[:, :, None], columns[:, None, :]][:, None]


def train(pictures, labels, seed, epochs, batch=128, peak=4e-3, report=print):
    """A trained network: AdamW, one cycle, and the mean of its last weights, which is steadier than the last."""
    torch.manual_seed(seed)
    random = numpy.random.default_rng(seed)
    network = CellNetwork().to(memory_format=torch.channels_last)
    averaged = torch.optim.swa_utils.AveragedModel(
        network, avg_fn=lambda mean, new, _: mean + (new - mean) * .002)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=2e-3)
    steps = epochs * (len(pictures) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps, pct_start=.2)
    started, step = time.monotonic(), 0
    for epoch in range(epochs):
        network.train()
        order, seen, wrong, total = random.permutation(len(pictures)), 0, 0, 0.0
        for first in range(0, len(order) - batch + 1, batch):
            chosen = order[first:first + batch]
            inputs = torch.from_numpy(pictures[chosen].astype(numpy.float32) / 255)[:, None]
            wanted = torch.from_numpy(labels[chosen])
            answers = network(shifted(inputs, random))
            loss = nn.functional.cross_entropy(answers, wanted)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            if step > steps // 2:
                averaged.update_parameters(network)
            else:
                averaged.module.load_state_dict(network.state_dict())
            step += 1
            seen += batch
            wrong += int((answers.argmax(1) != wanted).sum())
            total += float(loss) * batch
            if step % 100 == 0:
                seconds = time.monotonic() - started
                report(f"epoch {epoch + 1}/{epochs}, {seen} of {len(order)}: loss {total / seen:.4f}, "
                       f"wrong {wrong / seen:.2%}, {seconds:.0f} s, {seconds / step * (steps - step):.0f} s to go")
    result = averaged.module
    # The means that the normalisation keeps belong to other weights: take them anew.
    for module in result.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
    result.train()
    with torch.no_grad():
        for first in range(0, 200 * batch, batch):
            chosen = random.integers(0, len(pictures), batch)
            result(torch.from_numpy(pictures[chosen].astype(numpy.float32) / 255)[:, None])
    return result.eval()


def answers(network, pictures):
    """The network's numbers before the softmax."""
    network.eval()
    with torch.no_grad():
        parts = [network(torch.from_numpy(pictures[i:i + 500].astype(numpy.float32) / 255)[:, None])
                 for i in range(0, len(pictures), 500)]
    return torch.cat(parts).numpy()


def export(network, path):
    """As OpenCV 4.6 wants it: operator set 11, one picture, all sizes fixed, normalisation folded in by the export."""
    torch.onnx.export(network.eval(), torch.zeros(1, 1, 32, 32), str(path), opset_version=11, input_names=["cell"],
                      output_names=["classes"], do_constant_folding=True)
