namespace Roj.EndToEnd.Members;

/// <summary>One of the ways in which nodes find each other, with the others switched off.</summary>
internal static class Way
{
    /// <summary>Nothing is switched off.</summary>
    public const string Any = "any";

    /// <summary>By broadcast.</summary>
    public const string Broadcast = "broadcast";

    /// <summary>By trying all addresses of the /24.</summary>
    public const string Sweep = "sweep";

    /// <summary>By the address of the first host, and what is heard there.</summary>
    public const string Join = "join";

    /// <summary>By what was known in an earlier life.</summary>
    public const string Memory = "memory";

    /// <summary>What a node is told that shall use this way alone.</summary>
    public static string[] Arguments(string way) => way switch
    {
        Any => [],
        Broadcast => ["--no-sweep"],
        Sweep => ["--no-broadcast"],
        Join => ["--no-broadcast", "--no-sweep", "--join", LabWiring.Address(1)],
        Memory => ["--no-broadcast", "--no-sweep"],
        _ => throw new ArgumentException(way, nameof(way)),
    };
}
