using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>A peer in a tracker's answer.</summary>
/// <remarks>A class: the native program has LINQ's operators once more for each struct that they are used on, some
/// 600 KiB for this one.</remarks>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="PeerId">What it calls itself; null where that is not told, as in the compact form.</param>
public sealed record TrackedPeer(Endpoint Endpoint, PeerId? PeerId = null);
