namespace Roj.RegisterBench;

/// <summary>How clients reach a subject: one connection, that several of them may share.</summary>
internal interface IRegisterConnection : IDisposable
{
    /// <summary>Changes the value of <paramref name="key"/>; done when the subject says that it is kept.</summary>
    /// <exception cref="EndToEnd.LabException">The subject refused.</exception>
    Task PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value);
}
