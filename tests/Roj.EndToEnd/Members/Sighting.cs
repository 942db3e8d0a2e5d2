namespace Roj.EndToEnd.Members;

/// <summary>What a watcher said of somebody.</summary>
/// <param name="At">When that was read, by <see cref="Watch.Now"/>.</param>
/// <param name="Watcher">Who said it.</param>
/// <param name="Name">Of whom.</param>
/// <param name="State">alive, suspect, dead or left.</param>
internal readonly record struct Sighting(TimeSpan At, string Watcher, string Name, string State);
