namespace Roj.Host.Security;

/// <summary>What became of the token that a request came with.</summary>
internal enum TokenVerdict
{
    /// <summary>It is one of the cluster's.</summary>
    Right,

    /// <summary>There is none, or more than one.</summary>
    Missing,

    /// <summary>It is not the cluster's, or not any more.</summary>
    Wrong,

    /// <summary>Its address brought too many wrong ones: it was not looked at.</summary>
    TooOften,
}
