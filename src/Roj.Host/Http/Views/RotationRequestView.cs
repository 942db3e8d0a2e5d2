namespace Roj.Host.Http.Views;

/// <summary>That the cluster's key be changed.</summary>
/// <param name="Now">Whether the old key goes at once, not after a day: who is away then has to be given the new one by hand.</param>
public sealed record RotationRequestView(bool Now = false);
