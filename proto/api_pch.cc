// SPDX-License-Identifier: Apache-2.0
// Nothing: the target that the precompiled header of the API belongs to needs a source.
