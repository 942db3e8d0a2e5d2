namespace Roj.Host.Http.Views;

/// <summary>What <c>POST /api/v1/push/rollback</c> takes.</summary>
/// <param name="Name">What the file is called that was pushed last.</param>
public sealed record RollbackRequestView(string? Name);
