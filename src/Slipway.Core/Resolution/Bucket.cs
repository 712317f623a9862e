using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Slipway.Core.Resolution;

/// <summary>Where a unit of traffic falls: the same bucket in every SDK and gateway, for ever.</summary>
public static class Bucket
{
    /// <summary>The bucket of a unit within a rollout.</summary>
    /// <param name="salt">Drawn once per rollout, so that each rollout has other first users.</param>
    /// <param name="unitKey">The sticky unit, e.g. a conversation id; taken as it is, without case folding.</param>
    /// <returns>0 to 999,999.</returns>
    public static int Of(string salt, string unitKey)
    {
        ArgumentNullException.ThrowIfNull(salt);
        ArgumentNullException.ThrowIfNull(unitKey);
        var most = Encoding.UTF8.GetMaxByteCount(salt.Length + unitKey.Length) + 1;
        var rented = most > 512 ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> bytes = rented ?? stackalloc byte[512];
        var length = Encoding.UTF8.GetBytes(salt, bytes);
        bytes[length++] = 0;
        length += Encoding.UTF8.GetBytes(unitKey, bytes[length..]);
        var hash = Hash(bytes[..length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        // Integers only: a float that rounds differently in another SDK would move people between arms.
        return (int)(((ulong)hash * 1_000_000) >> 32);
    }

    /// <summary>MurmurHash3 x86 32-bit with seed 0.</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        const uint C1 = 0xcc9e2d51, C2 = 0x1b873593;
        var hash = 0u;
        var rest = bytes;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            hash ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(rest) * C1, 15) * C2;
            hash = BitOperations.RotateLeft(hash, 13) * 5 + 0xe6546b64;
        }
        if (rest.Length > 0)
        {
            var tail = 0u;
            for (var i = rest.Length - 1; i >= 0; i--) tail = tail << 8 | rest[i];
            hash ^= BitOperations.RotateLeft(tail * C1, 15) * C2;
        }
        hash ^= (uint)bytes.Length;
        hash = (hash ^ hash >> 16) * 0x85ebca6b;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35;
        return hash ^ hash >> 16;
    }
}
