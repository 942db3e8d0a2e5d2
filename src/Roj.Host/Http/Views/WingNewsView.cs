namespace Roj.Host.Http.Views;

/// <summary>What the events <c>roster.*</c>, <c>lease.*</c>, <c>register.*</c> and <c>log.*</c> tell.</summary>
/// <param name="Message">One line for people.</param>
public sealed record WingNewsView(string Message);
