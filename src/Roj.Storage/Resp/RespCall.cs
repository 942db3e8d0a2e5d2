namespace Roj.Storage.Resp;

/// <summary>What a client asks the store for.</summary>
/// <param name="Id">By which the answer finds its way; only ever used once on a connection.</param>
/// <param name="Call">What.</param>
public readonly record struct RespCall(ulong Id, StorageCall Call);
