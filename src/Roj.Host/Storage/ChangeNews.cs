using Roj.Kernel;
using Roj.Storage;

namespace Roj.Host.Storage;

/// <summary>A change of a key, or that some may have been missed.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Time">When it was heard of.</param>
/// <param name="Change">The change; null if some may have been missed.</param>
/// <param name="Node">At which node.</param>
/// <param name="Missed">How many at least; 0 if that node just can't be reached any more.</param>
internal readonly record struct ChangeNews(long Number, DateTimeOffset Time, KeyChange? Change, NodeId? Node, long Missed);
