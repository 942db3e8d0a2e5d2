using System.Security.Cryptography;

namespace Roj.Host.Security;

/// <summary>A process of the cluster that has proven that it hears us: what it says is opened by a key of its own, and taken
/// once.</summary>
/// <param name="cipher">Made of its key.</param>
internal sealed class MetSession(AesGcm cipher) : IDisposable
{
    /// <summary>Opens what it says.</summary>
    public AesGcm Cipher => cipher;

    /// <summary>What it said so far.</summary>
    public ReplayWindow Window { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => cipher.Dispose();
}
