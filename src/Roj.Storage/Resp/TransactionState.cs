namespace Roj.Storage.Resp;

/// <summary>Whether a client is between MULTI and EXEC.</summary>
internal enum TransactionState
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>It is, and has said nothing yet.</summary>
    Empty,

    /// <summary>It is, and something was refused.</summary>
    Refused,
}
