namespace Roj.Host.Http.Views;

/// <summary>How the cluster's key was changed.</summary>
/// <param name="Key">The new key's name, which gives nothing away.</param>
/// <param name="Version">How often the keys were changed so far.</param>
/// <param name="Told">How many other members have it.</param>
/// <param name="Missed">Who could not be told: name and address.</param>
public sealed record RotationView(string Key, ulong Version, int Told, IReadOnlyList<string> Missed);
