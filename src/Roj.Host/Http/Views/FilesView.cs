namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/files</c> says: the files of this node.</summary>
/// <param name="Files">All of them, by id.</param>
public sealed record FilesView(IReadOnlyList<FileView> Files);
