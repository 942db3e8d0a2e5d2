namespace Roj.RegisterBench;

/// <summary>Who is measured.</summary>
internal static class Subjects
{
    /// <summary>What Roj is called.</summary>
    public const string Roj = "roj";

    /// <summary>What etcd is called.</summary>
    public const string Etcd = "etcd";

    /// <summary>In the order in which they take turns.</summary>
    public static IReadOnlyList<IRegisterSubject> All { get; } = [new EtcdSubject(), new RojSubject()];

    /// <summary>The one of this name; null if there is none.</summary>
    public static IRegisterSubject? Named(string name) => All.FirstOrDefault(subject => subject.Name == name);
}
