namespace Roj.Host.Http;

/// <summary>An event as it is kept: written once, sent to many.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Json">An <see cref="Views.EventView"/> in UTF-8, without line feeds.</param>
public readonly record struct LoggedEvent(long Seq, ReadOnlyMemory<byte> Json);
