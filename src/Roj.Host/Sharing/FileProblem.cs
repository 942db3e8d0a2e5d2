namespace Roj.Host.Sharing;

/// <summary>What kind of thing is wrong with what the file service was asked for.</summary>
public enum FileProblem
{
    /// <summary>The id is not 40 hexadecimal digits, or a path is not absolute: the caller must say it differently.</summary>
    Malformed,

    /// <summary>There is no such file, it is a directory, it is empty, or it can't be read or written.</summary>
    Unusable,

    /// <summary>This node knows no file of that id.</summary>
    Unknown,

    /// <summary>It would go over what is there already, or is on its way to another place.</summary>
    Conflict,

    /// <summary>The node has as many files as it takes.</summary>
    TooMany,

    /// <summary>The disk refused to remember it.</summary>
    Failed,

    /// <summary>It was to be shared in a turn that is over: in a later one something was shared there, or under that name.</summary>
    Fenced,

    /// <summary>Whether a later turn has shared something of that name a majority must say, and none answers.</summary>
    Unagreed,
}
