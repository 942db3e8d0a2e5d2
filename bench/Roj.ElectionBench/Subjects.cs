namespace Roj.ElectionBench;

/// <summary>Who is measured.</summary>
internal static class Subjects
{
    /// <summary>What Roj is called.</summary>
    public const string Roj = "roj";

    /// <summary>What etcd is called.</summary>
    public const string Etcd = "etcd";

    /// <summary>In the order in which they take turns.</summary>
    public static IReadOnlyList<IElectionSubject> All { get; } = [new EtcdElection(), new RojElection()];
}
