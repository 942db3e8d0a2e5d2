using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>Takes a datagram; its bytes are gone when it returns.</summary>
/// <param name="from">Where it says it comes from.</param>
/// <param name="datagram">All of it, or one byte more than may be.</param>
internal delegate void DatagramHandler(Endpoint from, ReadOnlySpan<byte> datagram);
