namespace Roj.Host.Http.Views;

/// <summary>What <c>/api/v1/token/once</c> says.</summary>
/// <param name="Done">Whether what a key stands for was done and committed.</param>
public sealed record OnceView(bool Done);
