namespace Roj;

/// <summary>Which election nominates the leader; all nodes of a cluster hold the same.</summary>
public enum RojElection
{
    /// <summary>The highest address of those who are here.</summary>
    Bully,

    /// <summary>The greatest of random numbers that go round a ring.</summary>
    Ring,
}
