namespace Roj.ElectionBench;

/// <summary>What one loss of a leader took.</summary>
/// <param name="Led">Until the next one said that it leads; null of a subject that tells nobody.</param>
/// <param name="Changed">Until the first change was made that was asked for when the old one was gone; where it went in good order, the
/// longest time meanwhile without a change.</param>
internal sealed record Round(TimeSpan? Led, TimeSpan Changed);
