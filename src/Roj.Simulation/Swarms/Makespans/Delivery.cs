using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Simulation.Swarms.Makespans;

/// <summary>One block that came to a node.</summary>
/// <param name="Begun">When its first byte came, or the message before it ended.</param>
/// <param name="Ended">When its last byte came.</param>
/// <param name="From">The sender's <see cref="Machine.Id"/>.</param>
/// <param name="To">The receiver's.</param>
/// <param name="Block">Which block.</param>
/// <param name="RepeatedBytes">How many of its bytes had come to this node before.</param>
public sealed record Delivery(Instant Begun, Instant Ended, int From, int To, Block Block, int RepeatedBytes);
