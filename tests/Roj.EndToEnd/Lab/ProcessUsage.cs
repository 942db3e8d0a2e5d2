namespace Roj.EndToEnd;

/// <summary>What a process has used since it started.</summary>
/// <param name="PeakRssBytes">The most memory it had resident at once.</param>
/// <param name="Cpu">Processor time, its own and the kernel's on its behalf.</param>
/// <param name="RssBytes">The memory it has resident now.</param>
internal readonly record struct ProcessUsage(long PeakRssBytes, TimeSpan Cpu, long RssBytes);
