namespace Slipway.Server.Storage;

/// <summary>The storage cannot be used: missing, unreadable or damaged. The message is one sentence for the operator.</summary>
public class StorageException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public StorageException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>The storage cannot be reached at the moment; the same request may succeed later.</summary>
public sealed class StorageUnavailableException : StorageException
{
    /// <summary>Says what is away.</summary>
    public StorageUnavailableException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
