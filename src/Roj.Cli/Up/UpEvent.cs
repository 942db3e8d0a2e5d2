namespace Roj.Cli.Up;

/// <summary>Something that happened among the nodes of a <see cref="LocalCluster"/>.</summary>
/// <param name="At">How long after the start.</param>
/// <param name="Kind">One word, for programs.</param>
/// <param name="Address">Whom it is about; null for all.</param>
/// <param name="Text">The same for people.</param>
/// <param name="Process">The process that was started; else null.</param>
internal sealed record UpEvent(TimeSpan At, string Kind, string? Address, string Text, int? Process);
