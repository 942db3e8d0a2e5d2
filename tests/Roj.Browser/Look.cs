namespace Roj.Browser;

/// <summary>How somebody looks at the page.</summary>
/// <param name="IsDark">Whether he likes it dark.</param>
/// <param name="IsStill">Whether he wants less motion.</param>
/// <param name="Width">How wide his window is; 0 for a usual one.</param>
/// <param name="Height">How high it is; 0 for a usual one.</param>
internal readonly record struct Look(bool IsDark = false, bool IsStill = false, int Width = 0, int Height = 0);
