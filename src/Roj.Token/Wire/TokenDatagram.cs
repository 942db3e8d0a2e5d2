using Roj.Kernel;

namespace Roj.Token.Wire;

/// <summary>What a datagram of <see cref="TokenCodec"/> says.</summary>
/// <param name="Cluster">The hash of the sender's cluster.</param>
/// <param name="Sender">Whom it says that it comes from.</param>
/// <param name="Name">Of which token.</param>
/// <param name="Message">What.</param>
public sealed record TokenDatagram(ulong Cluster, NodeId Sender, string Name, TokenMessage Message);
