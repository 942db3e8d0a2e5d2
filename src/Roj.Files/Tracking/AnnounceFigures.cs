namespace Roj.Files.Tracking;

/// <summary>How a file stands, as trackers are told.</summary>
/// <param name="Uploaded">Bytes of payload given since the start.</param>
/// <param name="Downloaded">Bytes of payload received since the start.</param>
/// <param name="Left">Bytes that are lacking; not 0 while that is not known.</param>
/// <param name="IsAlone">Whether nobody is connected who could give them: reason to ask as early as the tracker allows.</param>
public readonly record struct AnnounceFigures(long Uploaded, long Downloaded, long Left, bool IsAlone);
