namespace Roj.Host.Http.Views;

/// <summary>What is said of a writing.</summary>
/// <param name="Done">Whether it changed anything: of a deletion, whether the key was there.</param>
public sealed record StoreDoneView(bool Done);
