using Roj.Kernel;
using Roj.Storage.Wire;
using Roj.Tests.Storage;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What may come from a stream between nodes that keep keys.</summary>
public sealed class StorageFuzz
{
    private static readonly byte[][] corpus = [.. StorageCodecTests.Messages.Select(StorageFrame.Write)];

    [Fact]
    public void Frames() => Fuzzing.Run(corpus, input =>
    {
        StorageMessage? message = null;
        var consumed = 0;
        if (!Fuzzing.Bounded(input, bytes => StorageFrame.TryRead(bytes, out message, out consumed) == ReadStatus.Done))
            return false;
        Assert.Equal(input[..consumed], StorageFrame.Write(message!));
        return true;
    });
}
