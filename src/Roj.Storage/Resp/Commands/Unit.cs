namespace Roj.Storage.Resp.Commands;

/// <summary>In what a client counts time.</summary>
internal enum Unit
{
    /// <summary>Seconds.</summary>
    Seconds = 1000,

    /// <summary>Milliseconds.</summary>
    Milliseconds = 1,
}
